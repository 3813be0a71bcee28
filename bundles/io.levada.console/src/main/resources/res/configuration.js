// The page is silent when a save is refused: say why in the form, which stays open.
$(document).ajaxError(function (event, answer) {
	var reason = answer.status === 400 && answer.responseText ? answer.responseText
		: 'The node did not take it (' + answer.status + '); its log says why.';
	$('#editor').find('p').first().removeClass('ui-helper-hidden').addClass('ui-state-error')
		.css('white-space', 'pre-wrap').text(reason).get(0).scrollIntoView();
});
